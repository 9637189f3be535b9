import { dockerKind } from './docker.ts'

/** `~/.docker/config.json`, in the Secret type that `imagePullSecrets` take. */
export const dockerConfigJson = dockerKind({ name: 'kubernetes.io/dockerconfigjson', key: '.dockerconfigjson', nested: true })
