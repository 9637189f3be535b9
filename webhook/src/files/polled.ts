import { sentence } from '@ecr-anywhere/shared/fault.ts'

export interface PolledOptions {
  /** Loads something if it has changed. */
  load: () => Promise<void>
  /** Called for each new reason why `load` failed. What was loaded before stays in use. */
  onProblem: (problem: string) => void
}

export interface Polled {
  /** Resolves when it was loaded for the first time, or could not be. */
  first: Promise<void>
  /** Loads it now. */
  loadNext: () => void
  stop: () => void
}

export const pollMs = 10_000

/** Loads something now and every 10 s, one load at a time, so that an older load cannot overwrite a newer one. */
export function polled({ load, onProblem }: PolledOptions): Polled {
  let problem = ''

  async function tryToLoad(): Promise<void> {
    try {
      await load()
      problem = ''
    } catch (error) {
      const text = sentence(error)
      if (text !== problem) onProblem(text)
      problem = text
    }
  }

  const first = tryToLoad()
  let last = first
  const loadNext = () => {
    last = last.then(tryToLoad)
  }
  const timer = setInterval(loadNext, pollMs).unref()
  return { first, loadNext, stop: () => clearInterval(timer) }
}
