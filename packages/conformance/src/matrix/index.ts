export { CAPABILITY_WORDS, capabilitiesOf, type FormCapabilities } from './capabilities.js';
export { lawsMarkdown } from './laws-markdown.js';
export { matrixMarkdown } from './matrix-markdown.js';
export { rulesMarkdown } from './rules-markdown.js';
