import { dockerKind } from './docker.ts'

/** `~/.dockercfg`, the older format, which has no `auths` level. */
export const dockerCfg = dockerKind({ name: 'kubernetes.io/dockercfg', key: '.dockercfg', nested: false })
