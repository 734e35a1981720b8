#include "mime/file_type.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The first extension of a type is the usual one. */
static const struct {
	const char *extension, *type;
} types[] = {
	{ ".txt", "text/plain" },
	{ ".log", "text/plain" },
	{ ".csv", "text/csv" },
	{ ".html", "text/html" },
	{ ".htm", "text/html" },
	{ ".ics", "text/calendar" },
	{ ".vcf", "text/vcard" },
	{ ".xml", "application/xml" },
	{ ".json", "application/json" },
	{ ".rtf", "text/rtf" },
	{ ".pdf", "application/pdf" },
	{ ".zip", "application/zip" },
	{ ".gz", "application/gzip" },
	{ ".7z", "application/x-7z-compressed" },
	{ ".rar", "application/vnd.rar" },
	{ ".tar", "application/x-tar" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".gif", "image/gif" },
	{ ".bmp", "image/bmp" },
	{ ".tif", "image/tiff" },
	{ ".tiff", "image/tiff" },
	{ ".svg", "image/svg+xml" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/vnd.microsoft.icon" },
	{ ".emf", "image/emf" },
	{ ".wmf", "image/wmf" },
	{ ".mp3", "audio/mpeg" },
	{ ".wav", "audio/wav" },
	{ ".mp4", "video/mp4" },
	{ ".mov", "video/quicktime" },
	{ ".avi", "video/x-msvideo" },
	{ ".doc", "application/msword" },
	{ ".dot", "application/msword" },
	{ ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ ".xls", "application/vnd.ms-excel" },
	{ ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ ".ppt", "application/vnd.ms-powerpoint" },
	{ ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
	{ ".odt", "application/vnd.oasis.opendocument.text" },
	{ ".ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ ".odp", "application/vnd.oasis.opendocument.presentation" },
	{ ".msg", "application/vnd.ms-outlook" },
	{ ".p7m", "application/pkcs7-mime" },
	{ ".p7s", "application/pkcs7-signature" },
	{ ".eml", "message/rfc822" },
};

#define TYPE_COUNT (sizeof types / sizeof *types)

const char *file_type_of_name(const char *name)
{
	const char *dot = strrchr(name, '.');

	/* An .eml that is kept as bytes is not cut open here: it is no message/rfc822 part. */
	for (size_t i = 0; dot && i + 1 < TYPE_COUNT; i++)
		if (strcasecmp(dot, types[i].extension) == 0)
			return types[i].type;
	return "application/octet-stream";
}

const char *file_extension_of_type(const char *type)
{
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (strcasecmp(type, types[i].type) == 0)
			return types[i].extension;
	return "";
}
