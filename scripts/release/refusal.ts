import type { Destination } from './destination.ts'

export interface Refused {
  /** the reference of the push: `registry.example/team/ecr-anywhere:1.2.3` */
  reference: string
  /** the end of the output of the program that pushed it */
  stderr: string
  to: Destination
  /** the file of the login */
  loginFile: string
}

/** The message for a user if a registry does not accept a push. */
export function refusal({ reference, stderr, to: { host, image, charts }, loginFile }: Refused): string {
  return [
    `found that ${host} did not accept ${reference}: ${stderr.trim()}`,
    'wanted a registry that answers, and that lets you push',
    `check REGISTRY, log in with \`docker login ${host}\` (the login is read from ${loginFile}), and make sure that you may write to ${image} and ${charts}/ecr-anywhere; Amazon ECR accepts only repositories that exist`,
  ].join(';\n')
}
