/* names.c - the English names themselves, as Java prints them */
#include "time/names.h"

#include <string.h>

const struct gw_name gw_era_names[2] = {
	{ "Before Christ", "BC", "B" },
	{ "Anno Domini", "AD", "A" },
};

const struct gw_name gw_month_names[12] = {
	{ "January", "Jan", "J" },
	{ "February", "Feb", "F" },
	{ "March", "Mar", "M" },
	{ "April", "Apr", "A" },
	{ "May", "May", "M" },
	{ "June", "Jun", "J" },
	{ "July", "Jul", "J" },
	{ "August", "Aug", "A" },
	{ "September", "Sep", "S" },
	{ "October", "Oct", "O" },
	{ "November", "Nov", "N" },
	{ "December", "Dec", "D" },
};

const struct gw_name gw_quarter_names[4] = {
	{ "1st quarter", "Q1", "1" },
	{ "2nd quarter", "Q2", "2" },
	{ "3rd quarter", "Q3", "3" },
	{ "4th quarter", "Q4", "4" },
};

const struct gw_name gw_weekday_names[7] = {
	{ "Monday", "Mon", "M" },
	{ "Tuesday", "Tue", "T" },
	{ "Wednesday", "Wed", "W" },
	{ "Thursday", "Thu", "T" },
	{ "Friday", "Fri", "F" },
	{ "Saturday", "Sat", "S" },
	{ "Sunday", "Sun", "S" },
};

const struct gw_name gw_half_names[2] = {
	{ "AM", "AM", "a" },
	{ "PM", "PM", "p" },
};

/* Where an abbreviation is ambiguous, the first is the one that most people mean. */
const struct gw_zone_text gw_zone_texts[] = {
	{ "ACDT", 630, "Australian Central Daylight Time", "ACT", "Central Australia Time" },
	{ "ACST", 570, "Australian Central Standard Time", "ACT", "Central Australia Time" },
	{ "ADT", -180, "Atlantic Daylight Time", "AT", "Atlantic Time" },
	{ "AEDT", 660, "Australian Eastern Daylight Time", "AET", "Eastern Australia Time" },
	{ "AEST", 600, "Australian Eastern Standard Time", "AET", "Eastern Australia Time" },
	{ "AKDT", -480, "Alaska Daylight Time", "AKT", "Alaska Time" },
	{ "AKST", -540, "Alaska Standard Time", "AKT", "Alaska Time" },
	{ "AST", -240, "Atlantic Standard Time", "AT", "Atlantic Time" },
	{ "AWST", 480, "Australian Western Standard Time", "AWT", "Western Australia Time" },
	{ "BST", 60, "British Summer Time", "BT", "British Time" },
	{ "CAT", 120, "Central Africa Time", "CAT", "Central Africa Time" },
	{ "CDT", -300, "Central Daylight Time", "CT", "Central Time" },
	{ "CDT", -240, "Cuba Daylight Time", "CT", "Cuba Time" },
	{ "CEST", 120, "Central European Summer Time", "CET", "Central European Time" },
	{ "CET", 60, "Central European Standard Time", "CET", "Central European Time" },
	{ "CST", -360, "Central Standard Time", "CT", "Central Time" },
	{ "CST", -300, "Cuba Standard Time", "CT", "Cuba Time" },
	{ "CST", 480, "China Standard Time", "CT", "China Time" },
	{ "ChST", 600, "Chamorro Standard Time", "ChT", "Chamorro Time" },
	{ "EAT", 180, "East Africa Time", "EAT", "Eastern Africa Time" },
	{ "EDT", -240, "Eastern Daylight Time", "ET", "Eastern Time" },
	{ "EEST", 180, "Eastern European Summer Time", "EET", "Eastern European Time" },
	{ "EET", 120, "Eastern European Standard Time", "EET", "Eastern European Time" },
	{ "EST", -300, "Eastern Standard Time", "ET", "Eastern Time" },
	{ "GMT", 0, "Greenwich Mean Time", "GMT", "Greenwich Mean Time" },
	{ "HDT", -540, "Hawaii-Aleutian Daylight Time", "HAT", "Hawaii-Aleutian Time" },
	{ "HKT", 480, "Hong Kong Standard Time", "HKT", "Hong Kong Time" },
	{ "HST", -600, "Hawaii-Aleutian Standard Time", "HAT", "Hawaii-Aleutian Time" },
	{ "IDT", 180, "Israel Daylight Time", "IT", "Israel Time" },
	{ "IST", 330, "India Standard Time", "IT", "India Time" },
	{ "IST", 60, "Irish Standard Time", "IT", "Irish Time" },
	{ "IST", 120, "Israel Standard Time", "IT", "Israel Time" },
	{ "JST", 540, "Japan Standard Time", "JT", "Japan Time" },
	{ "KST", 540, "Korean Standard Time", "KT", "Korean Time" },
	{ "MDT", -360, "Mountain Daylight Time", "MT", "Mountain Time" },
	{ "MSK", 180, "Moscow Standard Time", "MT", "Moscow Time" },
	{ "MST", -420, "Mountain Standard Time", "MT", "Mountain Time" },
	{ "NDT", -150, "Newfoundland Daylight Time", "NT", "Newfoundland Time" },
	{ "NST", -210, "Newfoundland Standard Time", "NT", "Newfoundland Time" },
	{ "NZDT", 780, "New Zealand Daylight Time", "NZT", "New Zealand Time" },
	{ "NZST", 720, "New Zealand Standard Time", "NZT", "New Zealand Time" },
	{ "PDT", -420, "Pacific Daylight Time", "PT", "Pacific Time" },
	{ "PKT", 300, "Pakistan Standard Time", "PKT", "Pakistan Time" },
	{ "PST", -480, "Pacific Standard Time", "PT", "Pacific Time" },
	{ "PST", 480, "Philippine Standard Time", "PT", "Philippine Time" },
	{ "SAST", 120, "South Africa Standard Time", "SAT", "South Africa Time" },
	{ "SST", -660, "Samoa Standard Time", "ST", "Samoa Time" },
	{ "UTC", 0, "Coordinated Universal Time", "UTC", "Coordinated Universal Time" },
	{ "WAT", 60, "West Africa Standard Time", "WAT", "West Africa Time" },
	{ "WEST", 60, "Western European Summer Time", "WET", "Western European Time" },
	{ "WET", 0, "Western European Standard Time", "WET", "Western European Time" },
	{ "WIB", 420, "Western Indonesia Time", "WIB", "West Indonesia Time" },
	{ "WIT", 540, "Eastern Indonesia Time", "WIT", "East Indonesia Time" },
	{ "WITA", 480, "Central Indonesia Time", "WITA", "Central Indonesia Time" },
	{ NULL, 0, NULL, NULL, NULL },
};

const struct gw_zone_text *gw_zone_text(const char *abbreviation, int offset_s)
{
	for (const struct gw_zone_text *t = gw_zone_texts; t->abbreviation; t++)
		if (t->minutes * 60 == offset_s && strcmp(t->abbreviation, abbreviation) == 0)
			return t;
	return NULL;
}
