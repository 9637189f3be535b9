import { loginKind } from './login.ts'

/** Flux, Tekton and other tools read Secrets of this type. */
export const basicAuth = loginKind('kubernetes.io/basic-auth')
