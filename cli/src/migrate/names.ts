/** A key of a Secret or of a ConfigMap. */
export const dataKey = /^[-._a-zA-Z0-9]{1,253}$/
