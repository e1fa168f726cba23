/** The card's words (待确认请求的说法). */
export const PURPOSES: Record<string, string> = {
  apply: '办理业务',
  progress: '查询进度',
  papers: '补交材料',
  collect: '领取证照',
}

export const AGREED = {
  scan: '好了，屏幕马上进入您的账号',
  window: '好了，工作人员已经知道是您本人',
}

export const REFUSED = '已经拒绝，没有人进入您的账号'
export const LATE = '时间到了，请让对方重新开始。'
