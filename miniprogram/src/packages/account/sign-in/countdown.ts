/** Seconds until a new code may be asked for (重发倒计时); counted from the clock, as timers sleep. */
export function newDeadline(seconds: number): number {
  return Date.now() + seconds * 1000
}

export function secondsLeft(deadline: number): number {
  return Math.max(0, Math.ceil((deadline - Date.now()) / 1000))
}
