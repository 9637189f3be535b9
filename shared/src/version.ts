/** Of the whole product: program, image and chart. A test keeps it equal to package.json's. */
export const version = '0.1.0'
