// Unpacks the package's Chromium and the libraries it was built with into TMPDIR; prints where they are.
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x"; // asks the package for the libraries, too
const { default: chromium } = await import("@sparticuz/chromium");
console.log(JSON.stringify({ path: await chromium.executablePath(), libraries: process.env.LD_LIBRARY_PATH ?? "" }));
