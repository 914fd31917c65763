/* inputs.c - what a multipart body says of inputs
 *
 * A part is named after its input. Files: since 0.24 the part's name is the input's id, before it
 * was the file's name. */
#include "api/executions.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/utf8.h"
#include "storage/storage.h"

#define TEXT_MAX ((size_t)16 << 20) /* bytes of an input that is no file */

/* ---- What expressions in defaults see ---- */

static const json_t *find_variable(struct gw_scope *scope, const char *name)
{
	struct gw_form_inputs *inputs = (struct gw_form_inputs *)scope;
	const struct gw_flow *flow = inputs->flow;
	if (!inputs->made)
		inputs->made = json_pack("{s:{s:s, s:s, s:i, s:s}, s:O*}", "flow", "id", flow->id,
			"namespace", flow->namespace, "revision", flow->revision, "tenantId",
			flow->tenant, "vars", flow->variables);
	return json_object_get(inputs->made, name);
}

static json_t *everything(struct gw_scope *scope)
{
	find_variable(scope, "flow");
	return json_incref(((struct gw_form_inputs *)scope)->made);
}

/* ---- Parts ---- */

static const json_t *find_declared(const json_t *declared, const char *id)
{
	size_t i;
	json_t *input;
	json_array_foreach (declared, i, input) {
		const char *name = gw_json_string(input, "id");
		if (name && strcmp(name, id) == 0)
			return input;
	}
	return NULL;
}

/* A text input, wherever its part was put. */
static bool read_text(struct gw_form_inputs *inputs, const struct gw_part *part,
	struct gw_slice *out, struct gw_error *err)
{
	*out = gw_str_slice(&part->text);
	if (part->fd >= 0) {
		gw_auto_str text = { 0 };
		gw_auto_fd fd = gw_part_open(part, err);
		if (fd < 0 || !gw_fd_read_all(fd, TEXT_MAX, &text, err))
			return gw_explain(err, "input '%s'", part->name);
		*out = gw_arena_copy(&inputs->rq->arena, gw_str_slice(&text));
	}
	return (gw_utf8_valid(out->data, out->len) && !memchr(out->data, '\0', out->len)) ||
	       gw_fail(err, GW_INVALID, "input '%s' is not UTF-8", part->name);
}

/* A name without its folders, and nothing in it that a path or URI could mean. */
static void put_file_name(struct gw_str *out, const char *filename)
{
	for (const char *p = filename; *p; p++)
		if (*p == '/' || *p == '\\')
			filename = p + 1;
	if (!*filename || strcmp(filename, ".") == 0 || strcmp(filename, "..") == 0)
		filename = "file";
	for (; *filename; filename++) {
		bool is_plain = (unsigned char)*filename > ' ' && !strchr("?#%:*\"<>|", *filename);
		gw_str_putc(out, is_plain ? *filename : '_');
	}
}

static bool store_file(struct gw_form_inputs *inputs, const struct gw_part *part, const char *id,
	struct gw_slice *uri, struct gw_error *err)
{
	gw_auto_str text = { 0 };
	gw_str_puts(&text, "kestra://");
	gw_storage_execution_path(&text, inputs->flow->namespace, inputs->flow->id,
		inputs->execution ? inputs->execution : "validation");
	gw_str_puts(&text, "/inputs/");
	put_file_name(&text, id);
	gw_str_putc(&text, '/');
	put_file_name(&text, part->filename);
	*uri = gw_arena_copy(&inputs->rq->arena, gw_str_slice(&text));
	if (!inputs->execution)
		return true;
	gw_auto_fd fd = gw_part_open(part, err);
	return fd >= 0 && gw_storage_write(gw_api_of(inputs->rq)->storage, inputs->rq->tenant,
				  uri->data, fd, err);
}

static bool is_file(const json_t *input)
{
	const char *type = gw_json_string(input, "type");
	return type && strcmp(type, "FILE") == 0;
}

/* Parts that are no declared input are passed over. */
static bool read_part(struct gw_form_inputs *inputs, const struct gw_part *part,
	struct gw_error *err)
{
	const char *id = part->name;
	const json_t *input = find_declared(inputs->declared, id);
	if (!input && part->filename) {
		id = part->filename;
		input = find_declared(inputs->declared, id);
	}
	if (!input)
		return true;
	struct gw_slice text;
	if (part->filename && is_file(input) ? !store_file(inputs, part, id, &text, err)
					     : !read_text(inputs, part, &text, err))
		return false;
	inputs->sent[inputs->n++] = (struct gw_sent_input){ .id = id, .text = text };
	return true;
}

bool gw_form_inputs_read(struct gw_form_inputs *inputs, struct gw_error *err)
{
	struct gw_multipart *form = inputs->rq->form;
	size_t n = 0;
	inputs->scope = (struct gw_scope){
		.variable = find_variable, .everything = everything, .now = gw_clock_now()
	};
	while (gw_multipart_part(form, n))
		n++;
	inputs->sent = gw_arena_alloc(&inputs->rq->arena, n * sizeof(*inputs->sent));
	for (size_t i = 0; i < n; i++)
		if (!read_part(inputs, gw_multipart_part(form, i), err))
			return false;
	return true;
}

void gw_form_inputs_clear(struct gw_form_inputs *inputs)
{
	json_decref(inputs->made);
}

/* ---- Outcomes ---- */

bool gw_form_inputs_resolve(struct gw_form_inputs *inputs, json_t **out, struct gw_error *err)
{
	*out = NULL;
	if (json_array_size(inputs->declared) == 0)
		return true;
	*out = gw_inputs_resolve(inputs->declared, inputs->sent, inputs->n, &inputs->scope, err);
	return *out || gw_explain(err, "Invalid entity");
}

static bool was_sent(const struct gw_form_inputs *inputs, const json_t *input)
{
	const char *id = gw_json_string(input, "id");
	for (size_t i = 0; id && i < inputs->n; i++)
		if (strcmp(inputs->sent[i].id, id) == 0)
			return true;
	return false;
}

static void print_state(struct gw_str *out, const struct gw_form_inputs *inputs,
	const struct gw_input_state *state)
{
	gw_json_comma(out);
	gw_str_putc(out, '{');
	gw_json_value(out, "input", state->input);
	if (state->value)
		gw_json_value(out, "value", state->value);
	gw_json_bool(out, "enabled", state->enabled);
	gw_json_bool(out, "isDefault", state->value && !was_sent(inputs, state->input));
	gw_json_key(out, "errors");
	gw_str_putc(out, '[');
	if (state->error) {
		gw_str_putc(out, '{');
		gw_json_text(out, "message", gw_slice_of(state->error));
		gw_str_putc(out, '}');
	}
	gw_str_puts(out, "]}");
}

void gw_form_inputs_answer(struct gw_form_inputs *inputs)
{
	struct gw_str *out = &inputs->rq->out.body;
	struct gw_input_state *states = NULL;
	size_t n = 0;
	if (json_array_size(inputs->declared))
		n = gw_inputs_validate(inputs->declared, inputs->sent, inputs->n, &inputs->scope,
			&states);
	gw_str_putc(out, '{');
	gw_json_text(out, "id", gw_slice_of(inputs->flow->id));
	gw_json_text(out, "namespace", gw_slice_of(inputs->flow->namespace));
	gw_json_key(out, "inputs");
	gw_str_putc(out, '[');
	for (size_t i = 0; i < n; i++)
		print_state(out, inputs, &states[i]);
	gw_str_puts(out, "],\"checks\":[]}");
	gw_input_states_free(states, n);
}
