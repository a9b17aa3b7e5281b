/** A page that shows what leaves, and why. See docs/inspector.md. */
export {
  type InspectedProcessor,
  type Inspector,
  type InspectorOptions,
  startInspector,
} from './startInspector.js';
