import { CAMERA_SCRIPT } from "./camera-script";
import { COMMON_SCRIPT } from "./common-script";
import { FORM_SCRIPT } from "./form-script";
import { PORTAL_SCRIPT } from "./portal-script";
import { QR_SCRIPT } from "./qr-script";
import { RESTART_SCRIPT } from "./restart-script";
import { SETTINGS_SCRIPT } from "./settings-script";

/** The common script of the pages, which also work without it. Its texts are in the pages. */
export const SCRIPT = `"use strict";\n${COMMON_SCRIPT}${FORM_SCRIPT}${PORTAL_SCRIPT}${CAMERA_SCRIPT}${SETTINGS_SCRIPT}${RESTART_SCRIPT}${QR_SCRIPT}`;
