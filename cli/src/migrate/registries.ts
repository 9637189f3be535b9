import { isRegistryHost, shownHost } from '@ecr-anywhere/shared/registry.ts'
import type { Problem } from './problem.ts'

/** Reads registry hosts, also with the scheme and the slash that some tools need or accept. What is no host of ECR is a problem. */
export function readRegistries(what: string, texts: readonly string[]): { hosts: string[]; problems: Problem[] } {
  const given = texts.map(text => text.trim()).filter(text => text !== '')
  const read = given.map(text => ({ text, host: text.replace(/^(?:https?|oci):\/\//, '').replace(/\/$/, '') }))
  return {
    hosts: [...new Set(read.map(({ host }) => host).filter(isRegistryHost))],
    problems: read.filter(({ host }) => !isRegistryHost(host)).map(({ text }) => problem(what, text)),
  }
}

/** The text may contain a password, so at most its host is shown. */
function problem(what: string, text: string): Problem {
  const host = shownHost(text)
  return {
    what,
    found: host === undefined ? `a text of ${text.length} characters` : JSON.stringify(host),
    wanted: 'a host of ECR, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com',
  }
}
