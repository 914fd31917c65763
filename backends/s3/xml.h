/* xml.h - finding values in the answers of an S3 server */
#ifndef GW_BACKENDS_S3_XML_H
#define GW_BACKENDS_S3_XML_H

#include <godwit/text.h>

/* What stands between the next <tag> and </tag>; *rest goes on behind it. False = no more. */
bool xml_next(struct gw_slice *rest, const char *tag, struct gw_slice *out);
/* The first such, unescaped, for free(); NULL = there is none. */
char *xml_text(struct gw_slice text, const char *tag);

#endif
