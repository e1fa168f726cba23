"""Code tables of the population register, in the city's words."""

SEX = {"1": "male", "2": "female"}
"""GB/T 2261.1, people only."""

MARITAL = {
    "10": "single",
    "20": "married",
    "21": "married",
    "22": "married",
    "23": "married",
    "30": "widowed",
    "40": "divorced",
}
"""GB/T 2261.2; 21 first marriage, 22 remarried, 23 married again to the same person."""

RELATIONS = {
    "10": "spouse",
    "11": "spouse",
    "12": "spouse",
    **{f"2{digit}": "son" for digit in range(10)},
    **{f"3{digit}": "daughter" for digit in range(10)},
    "51": "father",
    "52": "mother",
}
"""GB/T 4761, as far as this city uses it: 2x sons, 3x daughters (eldest, adopted and so on)."""

_ETHNIC_GROUPS = """
汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族
布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族
哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族
水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族
羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族
塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族
京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族
"""

ETHNIC_GROUPS = {f"{code:02d}": name for code, name in enumerate(_ETHNIC_GROUPS.split(), 1)}
"""GB/T 3304, 01 to 56."""
