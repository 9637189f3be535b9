import type { GoogleApi } from '@ecr-anywhere/shared/google/google-api.ts'
import * as z from 'zod'
import type { SecretState } from '../plan.ts'
import { type SecretName, secretPath, versionPath } from '../secret-name.ts'
import { answered } from './answered.ts'

const base = 'https://secretmanager.googleapis.com/v1'
const pageSize = 250

const versionName = z.string().regex(/^projects\/[^/]+\/secrets\/[^/]+\/versions\/[1-9]\d{0,8}$/)
const versionList = z.object({ versions: z.array(z.object({ name: versionName })).default([]), nextPageToken: z.string().default('') })

/** Secret Manager: https://cloud.google.com/secret-manager/docs/reference/rest */
export interface SecretManager {
  /** @throws Fault `transient` */
  read: (secret: SecretName) => Promise<SecretState>
  /** Creates a version. @returns its number @throws Fault `transient` */
  addVersion: (secret: SecretName, password: string) => Promise<number>
  /** Destroys the content of a version for ever. @throws Fault `transient` */
  destroy: (secret: SecretName, version: number) => Promise<void>
}

export function secretManager(call: GoogleApi): SecretManager {
  return {
    async read(secret) {
      const names: string[] = []
      let pageToken = ''
      do {
        const query = new URLSearchParams({ filter: 'state:ENABLED', pageSize: String(pageSize), ...(pageToken && { pageToken }) })
        const url = `${base}/${secretPath(secret)}/versions?${query}`
        const page = answered(versionList, await call({ url, permission: 'secretmanager.versions.list' }), url)
        names.push(...page.versions.map(({ name }) => name))
        pageToken = page.nextPageToken
      } while (pageToken !== '')
      return { enabled: names.map(name => parsed(name).version), projectNumber: names.map(name => parsed(name).projectNumber)[0] }
    },
    async addVersion(secret, password) {
      const url = `${base}/${secretPath(secret)}:addVersion`
      const payload = { data: Buffer.from(password).toString('base64') }
      const answer = await call({ method: 'POST', url, body: { payload }, permission: 'secretmanager.versions.add' })
      return parsed(answered(z.object({ name: versionName }), answer, url).name).version
    },
    async destroy(secret, version) {
      const url = `${base}/${versionPath(secret, version)}:destroy`
      await call({ method: 'POST', url, body: {}, permission: 'secretmanager.versions.destroy' })
    },
  }
}

/** Google's names contain the number of the project, even if the request contained its ID. */
function parsed(name: string): { version: number; projectNumber: string } {
  const parts = name.split('/')
  return { version: Number(parts[5]), projectNumber: parts[1] ?? '' }
}
