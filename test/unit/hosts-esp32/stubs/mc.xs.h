/* The identifiers that the SDK's linker numbers. */
#pragma once
enum { xsID_address, xsID_groups, xsID_onReadable, xsID_path, xsID_port, xsID_reuse, xsID_timeToLive };
