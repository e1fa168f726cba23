"""Code sets of the standard of service items (GB/T 39046-2020): code -> (中文, English)."""

ITEM_KINDS = {
    "01": ("行政许可", "Licence"),
    "02": ("行政处罚", "Penalty"),
    "03": ("行政强制", "Enforcement"),
    "04": ("行政征收", "Levy"),
    "05": ("行政给付", "Benefit"),
    "06": ("行政检查", "Inspection"),
    "07": ("行政确认", "Confirmation"),
    "08": ("行政奖励", "Award"),
    "09": ("行政裁决", "Adjudication"),
    "10": ("其他行政权力", "Other power"),
    "20": ("公共服务", "Public service"),
}
"""事项类型."""

LEVELS = {
    "1": ("国家级", "National"),
    "2": ("省级", "Provincial"),
    "3": ("市级", "City"),
    "4": ("县（区）级", "District"),
    "5": ("镇（街道）级", "Town"),
    "6": ("村（社区）级", "Village"),
}
"""行使层级."""

AUDIENCES = {
    "natural": ("自然人", "People"),
    "enterprise": ("企业法人", "Companies"),
    "institution": ("事业法人", "Institutions"),
    "society": ("社会组织", "Social organisations"),
    "authority": ("行政机关", "Authorities"),
    "other": ("其他组织", "Others"),
}
"""服务对象, codes 1 to 6 of the standard in this order."""

HANDLINGS = {"immediate": ("即办件", "At once"), "promised": ("承诺件", "Within days")}
"""办件类型, codes 1 and 2."""

WAYS = {
    "window": ("窗口办理", "At a window"),
    "computer": ("电脑办理", "Online"),
    "mobile": ("手机办理", "By phone"),
    "post": ("邮寄办理", "By post"),
}
"""办理形式, codes 1, 2, 3 and 4."""

ONLINE_DEPTHS = {
    "full": ("全程网办", "Fully online"),
    "part": ("网上申请、窗口核验", "Apply online, verify at a window"),
    "none": ("窗口办理", "At a window only"),
}
"""网办深度."""

ICONS = (
    "baby", "card", "elder", "fund", "home", "household", "permit", "property", "school", "work",
)  # fmt: skip
"""Pictures that the clients draw; any other name would show as a sheet of paper."""
