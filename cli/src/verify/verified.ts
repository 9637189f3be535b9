import type { TitledFinding } from '../findings/finding.ts'

/** One login that the kubelet tries for an image, and what the registry says to it. */
export interface TriedLogin {
  secret: string
  /** The key of the entry in the Secret, as far as it may be shown: a user may have written a password into it. */
  entry: string
  result: string
}

/** The result of `verify`. */
export interface Verified {
  /** Such as `Secret a/b` or `pod a/b`. */
  target: string
  /** What is known of the target, in a few words. */
  about: string
  findings: TitledFinding[]
  /** For a pod: by image, the logins in the order of the kubelet. */
  tries?: { image: string; logins: TriedLogin[] }[]
  /** For a pod: why its containers wait now, as the node says. */
  now?: string[]
  /** What else is worth knowing, in whole sentences. */
  notes: string[]
}

/** Requests are made where the command runs, which may reach other hosts than a node. */
export const fromHere =
  'The registry was asked from here. A node may take another way to it (private endpoints, a mirror, a proxy), and has its own clock.'

/** 0 if everything is as it should be. What cannot be told is not verified. */
export function exitCodeOf({ findings }: Pick<Verified, 'findings'>): 0 | 1 {
  return findings.every(({ state }) => state === 'ok') ? 0 : 1
}
