import { cp, glob, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expression } from './configuration.ts'

/** Where a module works: the account and region of its provider, by the alias of the provider. The default provider is `default`. */
export type Places = Record<string, { account_id: string; region: string }>

export interface StandIn {
  places: Places
  /** The service account that the module gcp-sync would create. */
  serviceAccount: { email: string; unique_id: string }
}

/**
 * Copies the Terraform code so that an example can be applied without a provider: files with resources and data sources are left out, and
 * each module has a file of outputs and locals that says what they would have returned. Variables, validations, policies, calls of modules
 * and outputs are those of the original.
 *
 * @returns the folder of the example
 */
export async function exampleWithoutProviders(
  source: string,
  { copy, example, standIn }: { copy: string; example: string; standIn: StandIn },
) {
  await cp(source, copy, { recursive: true, filter: path => !path.includes('.terraform') })
  const dir = join(copy, 'examples', example)
  await rm(join(dir, 'providers.tf'))
  for await (const path of glob('modules/*/*.tf', { cwd: copy })) if (await needsProvider(join(copy, path))) await rm(join(copy, path))
  for (const [module, content] of Object.entries(modules(standIn)))
    await writeFile(join(copy, 'modules', module, 'stand-in.tf.json'), JSON.stringify(content))
  for await (const path of glob('*.tf', { cwd: dir })) {
    const text = await readFile(join(dir, path), 'utf8')
    await writeFile(join(dir, path), text.replace(/providers\s*=\s*\{\s*aws\s*=\s*aws\.(\w+)\s*\}/g, 'stand_in = "$1"'))
  }
  return dir
}

async function needsProvider(path: string): Promise<boolean> {
  return /\/(?:versions|outputs)\.tf$/.test(path) || /^(?:resource|data) "/m.test(await readFile(path, 'utf8'))
}

/** What the resources and data sources of each module would have returned. */
function modules({ places, serviceAccount }: StandIn): Record<string, object> {
  const variable = { stand_in: { type: 'string', default: 'default' } }
  const place = (name: string) => expression(`local.stand_in_places[var.stand_in].${name}`)
  const locals = { stand_in_places: places, account_id: place('account_id'), region: place('region'), partition: 'aws' }
  const outputs = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))
  const of = (values: Record<string, string>) => ({ variable, locals, output: outputs(values) })
  return {
    'aws-role': of({ arn: `arn:aws:iam::${place('account_id')}:role/${expression('var.name')}` }),
    'aws-oidc-provider': of({ issuer: expression('var.issuer') }),
    'aws-replication': { variable, locals },
    'aws-cross-account': { variable, locals },
    'gcp-sync': of({
      service_account_email: serviceAccount.email,
      service_account_unique_id: serviceAccount.unique_id,
      repository: 'stand-in',
    }),
  }
}
