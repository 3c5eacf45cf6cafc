import { TIMELINE_CONTROLS_SCRIPT } from "./timeline-script-controls";
import { TIMELINE_DATA_SCRIPT } from "./timeline-script-data";
import { TIMELINE_PLAYER_SCRIPT } from "./timeline-script-player";
import { TIMELINE_VIEW_SCRIPT } from "./timeline-script-view";

/** The script of the timeline page. It comes after the common one, and uses `find` and `say` of that. Its texts are in the page. */
export const TIMELINE_SCRIPT = `"use strict";
{
const clip = {};
${TIMELINE_DATA_SCRIPT}${TIMELINE_PLAYER_SCRIPT}${TIMELINE_VIEW_SCRIPT}${TIMELINE_CONTROLS_SCRIPT}}
`;
