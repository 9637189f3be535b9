import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

/** The used part of a node of the syntax tree and of its parents. https://babeljs.io/docs/babel-types */
interface NodePath {
  node: { type: string; key?: { name?: string }; callee?: { name?: string }; expressions?: { type: string }[] }
  parentPath: NodePath | null
}

const sentences = ['found', 'wanted', 'todo', 'why']

/** A Stryker plugin that ignores emptied sentences, because the wording of messages is no rule. Expressions in them are still changed. */
export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'prose', { shouldIgnore: path => whyIgnored(path as NodePath) })]

function whyIgnored({ node, parentPath }: NodePath): string | undefined {
  const isText = node.type === 'StringLiteral' || (node.type === 'TemplateLiteral' && node.expressions?.every(({ type }) => isName(type)))
  const isSentence = parentPath?.node.type === 'ObjectProperty' && sentences.includes(parentPath.node.key?.name ?? '')
  return isText && isSentence ? 'the wording of a message' : undefined
}

function isName(type: string): boolean {
  return type === 'Identifier' || type === 'MemberExpression'
}
