import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '../cluster/run.ts'
import { ensureGoProgram } from './go-programs.ts'

/** The key of a signature, from `cosign generate-key-pair`. */
export interface Signing {
  keyFile: string
}

/** Reads the key before anything is pushed. @returns undefined without a key @throws if the key cannot be used */
export async function readSigning({ KEY: keyFile, COSIGN_PASSWORD: password }: NodeJS.ProcessEnv): Promise<Signing | undefined> {
  if (!keyFile) return undefined
  await access(keyFile).catch(cause => {
    throw new Error(`found no file KEY=${keyFile}; wanted a key that \`cosign generate-key-pair\` made, or no KEY.`, { cause })
  })
  if (password === undefined)
    throw new Error(`found KEY=${keyFile} without COSIGN_PASSWORD; wanted the password of the key in that variable, empty if it has none.`)
  return { keyFile }
}

/**
 * Signs with cosign an artifact in a registry, by digest and with all entries of an index, and a file. Nothing is sent to a transparency
 * log, so only the registry must be reachable: https://docs.sigstore.dev/cosign/signing/signing_with_containers/
 * @returns the signature of the file, in the same folder
 */
export async function sign({ keyFile }: Signing, references: string[], file: string): Promise<string> {
  const cosign = await ensureGoProgram('cosign')
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-sign-'))
  try {
    const services = join(work, 'signing-config.json')
    await must(cosign, ['signing-config', 'create', '--out', services])
    const flags = ['--yes', `--key=${keyFile}`, `--signing-config=${services}`]
    for (const reference of references) await must(cosign, ['sign', ...flags, '--recursive', reference])
    const bundle = `${file}.sigstore.json`
    await must(cosign, ['sign-blob', ...flags, `--bundle=${bundle}`, file])
    return bundle
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
