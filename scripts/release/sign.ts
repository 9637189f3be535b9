import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '../cluster/run.ts'
import { ensureGoProgram } from './go-programs.ts'

/** What a release is signed with: a key of `cosign generate-key-pair`. */
export interface Signing {
  keyFile: string
}

/** Checked before anything is pushed. @returns undefined where no key is given @throws where the key cannot be used */
export async function readSigning({ KEY: keyFile, COSIGN_PASSWORD: password }: NodeJS.ProcessEnv): Promise<Signing | undefined> {
  if (!keyFile) return undefined
  await access(keyFile).catch(cause => {
    throw new Error(`found no file KEY=${keyFile}; wanted a key that \`cosign generate-key-pair\` made, or no KEY.`, { cause })
  })
  if (password === undefined)
    throw new Error(
      `found KEY=${keyFile} without COSIGN_PASSWORD; wanted the password of the key in that variable, empty where it has none.`,
    )
  return { keyFile }
}

/**
 * Signs by cosign what is in a registry, by digest and with all that an index lists, and a file. Nothing is sent to a transparency log, so
 * this needs no network but the registry's: https://docs.sigstore.dev/cosign/signing/signing_with_containers/
 * @returns the file's signature, beside it
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
