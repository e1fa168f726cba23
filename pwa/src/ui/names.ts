/** Official names are long; in lists the part everybody knows is enough. The full name stays on the item's own page. */

const withoutBrackets = (name: string) => name.replace(/[（(].*?[）)]/g, '')

/** 佛山市人力资源和社会保障局（社会保险基金管理局） -> 佛山市人力资源和社会保障局 */
export const briefName = (name: string): string => withoutBrackets(name) || name

/** … and without the city, where every name would begin with it. */
export const shortName = (name: string): string => briefName(name).replace(/^[\u4e00-\u9fff]{2,3}市(?=.{3})/, '')
