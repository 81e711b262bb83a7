/** window_time is the last millisecond of a window: its end less so many µs. */
export const WINDOW_TIME = 1000n
