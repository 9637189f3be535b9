import { dockerShape } from './docker.ts'

/** `~/.docker/config.json`, in the Secret type that `imagePullSecrets` take. */
export const dockerConfigJson = dockerShape({ kind: 'kubernetes.io/dockerconfigjson', key: '.dockerconfigjson', nested: true })
