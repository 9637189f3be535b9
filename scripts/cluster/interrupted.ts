/** Resolves when somebody asks this process to end, by Ctrl-C or another signal; until then it runs. */
export function interrupted(): Promise<void> {
  return new Promise(resolve => {
    // A signal handler alone does not keep Node running.
    const hold = setInterval(() => {}, 60_000)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        clearInterval(hold)
        resolve()
      })
    }
  })
}
