/** The part of a stream that a progress line needs. */
export interface Terminal {
  isTTY?: boolean
  write: (text: string) => unknown
}

/** The line is updated at most this often, because faster changes cannot be read. */
const everyMs = 100

export interface Progress {
  update: (done: number, total: number) => void
  clear: () => void
}

/** A line on a terminal that shows the progress of a run. Nothing is written to a pipe. */
export function progress(terminal: Terminal, nowMs: () => number): Progress {
  if (terminal.isTTY !== true) return { update: () => {}, clear: () => {} }
  let shownMs = 0
  return {
    update: (done, total) => {
      if (nowMs() - shownMs < everyMs) return
      shownMs = nowMs()
      terminal.write(`\r\u001B[2Krefreshing ${done}/${total}`)
    },
    clear: () => terminal.write('\r\u001B[2K'),
  }
}
