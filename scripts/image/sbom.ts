import { version } from '@ecr-anywhere/shared/version.ts'
import type { Architecture, BaseLock, DebianPackage, NodePackage } from './base-lock.ts'
import type { NpmPackage } from './bundled-packages.ts'

export interface Contents {
  architecture: Architecture
  lock: BaseLock
  /** the packages in the bundles */
  packages: readonly NpmPackage[]
}

/**
 * A CycloneDX bill of materials of an image: the packages in its bundles, Node, and the Debian packages of its shared
 * libraries. It has no serial number and no time, so the same content results in the same bytes. https://cyclonedx.org/docs/1.5/json/
 */
export function sbom({ architecture, lock, packages }: Contents): string {
  const { node, packages: debian } = lock.architectures[architecture]
  const purl = `pkg:npm/ecr-anywhere@${version}`
  const component = { type: 'application', name: 'ecr-anywhere', version, 'bom-ref': purl, purl, licenses: licenses('Apache-2.0') }
  const components = [
    ...packages.map(npmComponent),
    nodeComponent(node),
    ...debian.map(one => debianComponent(one, architecture, lock.suite)),
  ]
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component }, components }, undefined, 2)}\n`
}

function npmComponent({ name, version, license }: NpmPackage): object {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return { type: 'library', name, version, 'bom-ref': purl, purl, ...(license !== undefined && { licenses: licenses(license) }) }
}

function nodeComponent({ name, version, integrity }: NodePackage): object {
  const content = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')
  const purl = `pkg:generic/node@${version}`
  // The program is from the npm package, but lists of vulnerabilities call it node.
  const properties = [{ name: 'npm:package', value: `${name}@${version}` }]
  return { type: 'platform', name: 'node', version, 'bom-ref': purl, purl, hashes: [{ alg: 'SHA-512', content }], properties }
}

/** https://github.com/package-url/purl-spec/blob/main/types-doc/deb-definition.md */
function debianComponent({ name, version, sha256 }: DebianPackage, architecture: Architecture, suite: string): object {
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=${suite}`
  return { type: 'library', name, version, 'bom-ref': purl, purl, hashes: [{ alg: 'SHA-256', content: sha256 }] }
}

function licenses(expression: string): object[] {
  return [{ expression }]
}
