/** Keeps this process running, and resolves on Ctrl-C or another signal that ends it. */
export function interrupted(): Promise<void> {
  return new Promise(resolve => {
    // A signal handler does not keep Node running.
    const hold = setInterval(() => {}, 60_000)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        clearInterval(hold)
        resolve()
      })
    }
  })
}
