import type { Destination } from './destination.ts'

export interface Refused {
  /** what was to be pushed: `registry.example/team/ecr-anywhere:1.2.3` */
  reference: string
  /** the last words of the program that pushed it */
  said: string
  to: Destination
  /** where the login is looked for */
  loginFile: string
}

/** What a user reads when a registry does not accept what is pushed. */
export function refusal({ reference, said, to: { host, image, charts }, loginFile }: Refused): string {
  return [
    `found that ${host} did not accept ${reference}: ${said.trim()}`,
    'wanted a registry that answers, and that lets you push',
    `check REGISTRY, log in with \`docker login ${host}\` (the login is read from ${loginFile}), and make sure that you may write to ${image} and ${charts}/ecr-anywhere; Amazon ECR accepts only repositories that exist`,
  ].join(';\n')
}
