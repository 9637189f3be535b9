import { must } from '../cluster/run.ts'

/**
 * A CycloneDX bill of materials: what package-lock.json says the product needs at run time, and the Node that runs it. The number and the
 * time that npm gives it are left out, so that the same lock file gives the same bytes. https://cyclonedx.org/docs/1.5/json/
 */
export async function sbom(): Promise<string> {
  const made = JSON.parse(await must('npm', ['sbom', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application']))
  const { serialNumber: _serialNumber, metadata, components, ...rest } = made
  const { timestamp: _timestamp, component, ...about } = metadata
  const version = process.versions.node
  const node = { type: 'platform', name: 'node', version, 'bom-ref': `node@${version}`, purl: `pkg:generic/node@${version}` }
  const content = {
    ...rest,
    // npm calls it after the folder that it is in.
    metadata: { ...about, component: { ...component, name: 'ecr-anywhere' } },
    components: [...components, node],
  }
  return `${JSON.stringify(content, undefined, 2)}\n`
}
