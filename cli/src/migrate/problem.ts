/** Something in the input that `migrate` does not understand, or cannot carry over. The texts never contain data of a Secret. */
export interface Problem {
  /** The object and the field, such as `CronJob default/renew: TARGET_NAMESPACE`. */
  what: string
  found: string
  wanted: string
}

/** As one line. */
export function problemText({ what, found, wanted }: Problem): string {
  return `${what}: found ${found}; wanted ${wanted}`
}
