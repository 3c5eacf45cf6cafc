import { WATCH_CALL_SCRIPT } from "./watch-script-call";
import { WATCH_HTTP_SCRIPT } from "./watch-script-http";
import { WATCH_PROOF_SCRIPT } from "./watch-script-proof";
import { WATCH_VIEW_SCRIPT } from "./watch-script-view";

/** The script of the page on which browsers watch directly. Its texts are in the page. */
export const WATCH_SCRIPT = `"use strict";
{
const main = document.querySelector("main");
const T = JSON.parse(main.dataset.texts);
${WATCH_PROOF_SCRIPT}${WATCH_CALL_SCRIPT}${WATCH_HTTP_SCRIPT}${WATCH_VIEW_SCRIPT}}
`;
