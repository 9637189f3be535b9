import type { Source } from './source.ts'

/**
 * The identity token of a source. Only the modules of that source are loaded.
 *
 * @param env a record of variables, such as process.env
 * @throws Fault `settings`, `transient`
 */
export async function identityToken(source: Source, { env, nowMs }: { env: NodeJS.ProcessEnv; nowMs: () => number }): Promise<string> {
  switch (source.name) {
    case 'google': {
      const { googleToken } = await import('./google/google-token.ts')
      return googleToken(source, { env, nowMs })
    }
    case 'github': {
      const { githubToken } = await import('./http/github-token.ts')
      return githubToken(source, env)
    }
    case 'file': {
      const { tokenFromFile } = await import('./files/token-file.ts')
      return tokenFromFile('--token-file (AWS_WEB_IDENTITY_TOKEN_FILE)', source.tokenFile)
    }
    case 'azure': {
      const { managedIdentityToken, workloadIdentityToken } = await import('./http/azure-token.ts')
      if (source.workloadIdentity === undefined) return managedIdentityToken(source)
      const { tokenFromFile } = await import('./files/token-file.ts')
      const { tokenFile, ...entra } = source.workloadIdentity
      const assertion = await tokenFromFile('AZURE_FEDERATED_TOKEN_FILE', tokenFile)
      return workloadIdentityToken(source, { assertion, ...entra, proxyEnv: env })
    }
    case 'kubernetes': {
      const { serviceAccountToken } = await import('./kube/service-account-token.ts')
      return serviceAccountToken(source)
    }
  }
}
