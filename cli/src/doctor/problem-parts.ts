import { type Finding, failed } from '../findings/finding.ts'

/** A sentence of `Fault`, in its parts: `found …; wanted …. …` */
const parts = /^found (.*?); wanted (.*?)\. ([A-Z`'].*)$/s

/**
 * A problem of `check` as a finding. It is one sentence there, because a Job has one termination message.
 *
 * @param more is appended to what was found
 */
export function asFinding(why: string, more = ''): Finding {
  const [, found, wanted, todo] = parts.exec(why) ?? []
  if (found === undefined || wanted === undefined || todo === undefined)
    return failed(`${why}${more}`, 'no such problem', 'Follow what the message says.')
  return failed(`${found}${more}`, wanted, todo)
}
