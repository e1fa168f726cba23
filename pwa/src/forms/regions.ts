/** GB/T 2260 codes that people here need most; any other code is shown by the place that contains it. */
import type { Option } from './model'

const FOSHAN = { '440604': '禅城区', '440605': '南海区', '440606': '顺德区', '440607': '三水区', '440608': '高明区' }
const GUANGDONG = {
  '440100': '广州市', '440200': '韶关市', '440300': '深圳市', '440400': '珠海市', '440500': '汕头市', '440600': '佛山市',
  '440700': '江门市', '440800': '湛江市', '440900': '茂名市', '441200': '肇庆市', '441300': '惠州市', '441400': '梅州市',
  '441500': '汕尾市', '441600': '河源市', '441700': '阳江市', '441800': '清远市', '441900': '东莞市', '442000': '中山市',
  '445100': '潮州市', '445200': '揭阳市', '445300': '云浮市',
}
const PROVINCES = {
  '110000': '北京市', '120000': '天津市', '130000': '河北省', '140000': '山西省', '150000': '内蒙古自治区', '210000': '辽宁省',
  '220000': '吉林省', '230000': '黑龙江省', '310000': '上海市', '320000': '江苏省', '330000': '浙江省', '340000': '安徽省',
  '350000': '福建省', '360000': '江西省', '370000': '山东省', '410000': '河南省', '420000': '湖北省', '430000': '湖南省',
  '440000': '广东省', '450000': '广西壮族自治区', '460000': '海南省', '500000': '重庆市', '510000': '四川省', '520000': '贵州省',
  '530000': '云南省', '540000': '西藏自治区', '610000': '陕西省', '620000': '甘肃省', '630000': '青海省',
  '640000': '宁夏回族自治区', '650000': '新疆维吾尔自治区', '710000': '台湾省', '810000': '香港特别行政区', '820000': '澳门特别行政区',
}
const NAMES: Record<string, string> = { ...PROVINCES, ...GUANGDONG }
for (const [code, name] of Object.entries(FOSHAN)) NAMES[code] = '佛山市' + name

export function regionName(code: string): string {
  const exact = NAMES[code] ?? NAMES[code.slice(0, 6)]
  if (exact) return exact
  const around = NAMES[code.slice(0, 4) + '00'] ?? NAMES[code.slice(0, 2) + '0000']
  return around ? `${around}（${code}）` : code
}

const asOptions = (names: Record<string, string>): Option[] =>
  Object.entries(names).map(([value, label]) => ({ value, label }))

export const REGION_GROUPS: { key: string; options: Option[] }[] = [
  { key: 'region.foshan', options: asOptions(FOSHAN) },
  { key: 'region.guangdong', options: asOptions(GUANGDONG) },
  { key: 'region.elsewhere', options: asOptions(PROVINCES).filter(({ value }) => value !== '440000') },
]
