// The HTML element that stands for a component: a real one where the browser's behaviour is wanted.
const REAL = { button: 'button', label: 'label' }

/** @param {string} tag @returns {string} */
export const hostTag = (tag) => REAL[tag] ?? `wx-${tag}`
