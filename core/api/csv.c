/* csv.c - answering records as a table */
#include "api/csv.h"

#include "base/json.h"

struct table {
	struct gw_str *out;
	const char *const *columns;
};

static const json_t *find_member(const json_t *doc, const char *path)
{
	size_t len = strcspn(path, ".");
	gw_auto_free char *name = gw_strndup(path, len);
	const json_t *member = json_object_get(doc, name);
	return path[len] ? find_member(member, path + len + 1) : member;
}

static void put_cell(struct gw_str *out, const json_t *value)
{
	gw_auto_str text = { 0 };
	if (json_is_string(value))
		gw_str_puts(&text, json_string_value(value));
	else if (value)
		gw_json_print(&text, value);
	gw_str_putc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '"')
			gw_str_putc(out, '"');
		gw_str_putc(out, text.data[i]);
	}
	gw_str_putc(out, '"');
}

static bool put_row(void *arg, const struct gw_record *record, struct gw_error *err)
{
	const struct table *table = arg;
	json_auto_t *doc = gw_json_parse(record->doc, err);
	for (size_t i = 0; table->columns[i]; i++) {
		if (i)
			gw_str_putc(table->out, ',');
		put_cell(table->out, find_member(doc, table->columns[i]));
	}
	gw_str_puts(table->out, "\r\n");
	return doc != NULL;
}

bool gw_csv_answer(struct gw_search *s, const char *const *columns, const char *name,
	struct gw_error *err)
{
	struct gw_response *answer = &s->rq->out;
	struct table table = { &answer->body, columns };
	gw_auto_free char *disposition = gw_sprintf("attachment; filename=\"%s\"", name);
	answer->content_type = "text/csv; charset=utf-8";
	answer->disposition = gw_request_keep(s->rq, disposition);
	for (size_t i = 0; columns[i]; i++)
		gw_str_printf(table.out, "%s%s", i ? "," : "", columns[i]);
	gw_str_puts(table.out, "\r\n");
	return gw_answer_each(s, &s->query, put_row, &table, err);
}
