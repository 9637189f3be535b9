const key = '[A-Za-z0-9][A-Za-z0-9._/-]*'
const value = '[A-Za-z0-9._-]*'
const values = `\\(\\s*${value}\\s*(,\\s*${value}\\s*)*\\)`
const requirement = `\\s*(!\\s*${key}|${key}|${key}\\s*(=|==|!=)\\s*${value}|${key}\\s+(in|notin)\\s*${values}|${key}\\s*[<>]\\s*[0-9]+)\\s*`
const selector = new RegExp(`^${requirement}(,${requirement})*$`)

/**
 * Whether a text has the form of a label selector, as for `kubectl -l`. The API server judges the names and values in it.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function isLabelSelector(text: string): boolean {
  return selector.test(text)
}
