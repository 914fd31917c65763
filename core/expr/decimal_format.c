/* decimal_format.c - numbers as java.text.DecimalFormat prints them, in English */
#include "expr/decimal_format.h"

#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>

#define DIGITS_MAX 100 /* of a pattern */

struct format {
	struct gw_str prefix, suffix;
	struct gw_str negative_prefix, negative_suffix;
	bool has_negative;
	int group; /* digits of a group, 0 = none */
	int least_integer, least_fraction, most_fraction;
	int shift; /* the decimal point moves right: 2 for %, 3 for per mille */
};

static void clear_format(struct format *f)
{
	gw_str_clear(&f->prefix);
	gw_str_clear(&f->suffix);
	gw_str_clear(&f->negative_prefix);
	gw_str_clear(&f->negative_suffix);
}

#define auto_format __attribute__((cleanup(clear_format))) struct format

/* ---- Reading a pattern ---- */

static bool is_digit(char c)
{
	return c == '#' || c == '0' || c == ',' || c == '.';
}

/* The text before or after the digits, without its quotes. */
static void read_affix(struct format *f, struct gw_slice p, size_t *pos, bool ends_at_digit,
	struct gw_str *out)
{
	static const char per_mille[] = "\xe2\x80\xb0";
	bool quoted = false;
	for (; *pos < p.len; (*pos)++) {
		struct gw_slice rest = gw_slice(p.data + *pos, p.len - *pos);
		char c = *rest.data;
		if (!quoted && (c == ';' || (ends_at_digit && is_digit(c))))
			return;
		if (!quoted && c == '%')
			f->shift = 2;
		if (!quoted && gw_slice_starts(rest, gw_slice_of(per_mille)))
			f->shift = 3;
		bool is_pair = gw_slice_starts(rest, gw_slice_of("''"));
		if (c != '\'' || is_pair)
			gw_str_putc(out, c);
		else
			quoted = !quoted;
		*pos += is_pair;
	}
}

/* "#,##0.00" */
struct digits {
	int left; /* # before the first 0 */
	int zeros;
	int right; /* # behind the last 0 */
	int point; /* digits before the decimal point, -1 = it has none */
	int group;
	bool wrong;
};

static void read_digit(struct digits *d, char c)
{
	if (c == '.') {
		d->wrong = d->wrong || d->point >= 0;
		d->point = d->left + d->zeros + d->right;
	} else if (c == ',') {
		d->group = 0;
	} else if (c == '0') {
		d->wrong = d->wrong || d->right > 0;
		d->zeros++;
	} else if (d->zeros > 0) {
		d->right++;
	} else {
		d->left++;
	}
	if ((c == '0' || c == '#') && d->group >= 0 && d->point < 0)
		d->group++;
}

static bool read_digits(struct format *f, struct gw_slice p, size_t *pos)
{
	struct digits d = { .point = -1, .group = -1 };
	for (; *pos < p.len && is_digit(p.data[*pos]); (*pos)++)
		read_digit(&d, p.data[*pos]);
	if (d.zeros == 0 && d.left > 0 && d.point >= 0) {
		int n = d.point > 0 ? d.point : 1;
		d.right = d.left - n;
		d.left = n - 1;
		d.zeros = 1;
	}
	int total = d.left + d.zeros + d.right;
	if (d.wrong || d.group == 0 || total > DIGITS_MAX || (*pos < p.len && p.data[*pos] == 'E'))
		return false;
	f->group = d.group > 0 ? d.group : 0;
	f->least_integer = (d.point >= 0 ? d.point : total) - d.left;
	f->most_fraction = d.point >= 0 ? total - d.point : 0;
	f->least_fraction = d.point >= 0 ? d.left + d.zeros - d.point : 0;
	if (f->least_integer < 0 || f->least_fraction < 0)
		return false;
	return true;
}

static bool read_pattern(struct format *f, struct gw_slice p)
{
	size_t pos = 0;
	struct format ignored = { 0 };
	read_affix(f, p, &pos, true, &f->prefix);
	if (!read_digits(f, p, &pos))
		return false;
	read_affix(f, p, &pos, false, &f->suffix);
	f->has_negative = pos < p.len;
	if (!f->has_negative)
		return true;
	pos++;
	read_affix(&ignored, p, &pos, true, &f->negative_prefix);
	while (pos < p.len && is_digit(p.data[pos]))
		pos++;
	read_affix(&ignored, p, &pos, false, &f->negative_suffix);
	return pos == p.len;
}

/* ---- Printing ---- */

/* As few digits as tell the number apart; rounded half even if that are too many decimals. */
static void print_real(struct gw_str *out, double value, int most_decimals)
{
	char digits[40];
	int n = 0;
	do
		snprintf(digits, sizeof(digits), "%.*e", n++, value);
	while (n <= 17 && strtod(digits, NULL) != value);
	int exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
	int last = exponent - (n - 1);
	if (-last > most_decimals) {
		gw_str_printf(out, "%.*f", most_decimals, value);
		return;
	}
	memmove(digits + 1, digits + 2, (size_t)n - 1);
	for (int place = exponent > 0 ? exponent : 0; place >= (last < 0 ? last : 0); place--) {
		int i = exponent - place;
		if (place == -1)
			gw_str_putc(out, '.');
		gw_str_putc(out, i >= 0 && i < n ? digits[i] : '0');
	}
}

/* The digits of |number|, its point moved by shift: "123.4". */
static void print_plain(struct gw_str *out, const json_t *number, const struct format *f)
{
	if (json_is_real(number)) {
		double value = fabs(json_real_value(number)) * pow(10, f->shift);
		print_real(out, value, f->most_fraction);
		return;
	}
	json_int_t value = json_integer_value(number);
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	gw_str_printf(out, "%llu", (unsigned long long)size);
	for (int i = 0; i < f->shift && value; i++)
		gw_str_putc(out, '0');
}

static void add_integer(struct gw_str *out, struct gw_slice digits, const struct format *f)
{
	if (digits.len == 1 && digits.data[0] == '0' && f->least_integer == 0)
		digits.len = 0;
	size_t zeros =
		(size_t)f->least_integer > digits.len ? (size_t)f->least_integer - digits.len : 0;
	size_t n = zeros + digits.len;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && f->group && (n - i) % (size_t)f->group == 0)
			gw_str_putc(out, ',');
		gw_str_putc(out, i < zeros ? '0' : digits.data[i - zeros]);
	}
}

static void add_fraction(struct gw_str *out, struct gw_slice digits, const struct format *f)
{
	while (digits.len > (size_t)f->least_fraction && digits.data[digits.len - 1] == '0')
		digits.len--;
	if (digits.len || f->least_fraction)
		gw_str_putc(out, '.');
	gw_str_add(out, digits.data, digits.len);
	for (size_t i = digits.len; i < (size_t)f->least_fraction; i++)
		gw_str_putc(out, '0');
}

static void print_digits(struct gw_str *out, struct gw_slice plain, const struct format *f)
{
	size_t before = out->len;
	const char *point = memchr(plain.data, '.', plain.len);
	size_t n = point ? (size_t)(point - plain.data) : plain.len;
	add_integer(out, gw_slice(plain.data, n), f);
	add_fraction(out, point ? gw_slice(point + 1, plain.len - n - 1) : gw_slice("", 0), f);
	if (out->len == before)
		gw_str_putc(out, '0');
}

static bool is_negative(const json_t *number, struct gw_slice plain)
{
	bool has_digit = strcspn(plain.data, "123456789") < plain.len;
	return json_is_real(number) ? signbit(json_real_value(number)) && has_digit
				    : json_integer_value(number) < 0;
}

bool gw_decimal_format(struct gw_str *out, struct gw_slice pattern, const json_t *number,
	struct gw_error *err)
{
	auto_format f = { 0 };
	gw_auto_str plain = { 0 };
	if (!read_pattern(&f, pattern))
		return gw_fail(err, GW_INVALID, "Malformed pattern \"%.*s\"", GW_SLICE(pattern));
	print_plain(&plain, number, &f);
	bool negative = is_negative(number, gw_str_slice(&plain));
	if (negative && !f.has_negative)
		gw_str_putc(out, '-');
	gw_str_puts(out, gw_str_text(negative && f.has_negative ? &f.negative_prefix : &f.prefix));
	print_digits(out, gw_str_slice(&plain), &f);
	gw_str_puts(out, gw_str_text(negative && f.has_negative ? &f.negative_suffix : &f.suffix));
	return true;
}
