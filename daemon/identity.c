// SPDX-License-Identifier: GPL-2.0-or-later
#include "identity.h"

#include "utf8.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define UUID_LEN 36

/* A piece of the command line. text is NULL where there is none. */
struct span {
	const char *text;
	size_t len;
};

static bool span_is(struct span s, const char *word)
{
	return s.text && s.len == strlen(word) && memcmp(s.text, word, s.len) == 0;
}

static bool starts_with(struct span s, const char *prefix)
{
	return s.text && s.len >= strlen(prefix) && memcmp(s.text, prefix, strlen(prefix)) == 0;
}

/* The next argument of *rest. */
static bool next_argument(struct span *rest, struct span *ret)
{
	const char *nul;

	if (!rest->len)
		return false;
	nul = memchr(rest->text, '\0', rest->len);
	ret->text = rest->text;
	ret->len = nul ? (size_t)(nul - rest->text) : rest->len;
	rest->text += ret->len + (nul ? 1 : 0);
	rest->len -= ret->len + (nul ? 1 : 0);
	return true;
}

static struct span basename_of(struct span path)
{
	const char *slash = path.len ? memrchr(path.text, '/', path.len) : NULL;

	if (slash) {
		path.len -= (size_t)(slash + 1 - path.text);
		path.text = slash + 1;
	}
	return path;
}

/*
 * Is argument arg the option name, as "--name value" or "--name=value"? Then *ret is the value,
 * taken from *rest if it stands apart.
 */
static bool option(struct span arg, const char *name, struct span *rest, struct span *ret)
{
	const size_t len = strlen(name);

	if (span_is(arg, name))
		return next_argument(rest, ret);
	if (!starts_with(arg, name) || arg.text[len] != '=')
		return false;
	*ret = (struct span){arg.text + len + 1, arg.len - len - 1};
	return true;
}

/*
 * The value of key in a list "key=value,key=value"; a doubled comma stands for one, as in QEMU's
 * lists. With implied, a first entry that has no '=' is the value. *ret keeps what it was if the
 * key is not there.
 */
static void list_value(struct span list, const char *key, bool implied, struct span *ret)
{
	const size_t key_len = strlen(key);
	size_t start = 0;

	while (start < list.len) {
		const char *at = list.text + start;
		size_t end = start, eq;
		const char *sign;

		while (end < list.len &&
		       (list.text[end] != ',' || (end + 1 < list.len && list.text[end + 1] == ',')))
			end += list.text[end] == ',' ? 2 : 1;
		sign = memchr(at, '=', end - start);
		eq = sign ? (size_t)(sign - at) : 0;
		if (!sign && implied && !start)
			*ret = (struct span){at, end};
		else if (sign && eq == key_len && memcmp(at, key, eq) == 0)
			*ret = (struct span){sign + 1, end - start - eq - 1};
		start = end + 1;
	}
}

/* *out becomes a copy of s as clean text, with ",," as "," where asked for; NULL if it is empty. */
static int set_text(char **out, struct span s, bool commas)
{
	char *plain, *clean;
	size_t n = 0;

	free(*out);
	*out = NULL;
	if (!s.text || !s.len)
		return 0;
	plain = malloc(s.len);
	if (!plain)
		return -ENOMEM;
	for (size_t i = 0; i < s.len; i++) {
		plain[n++] = s.text[i];
		if (commas && s.text[i] == ',' && i + 1 < s.len && s.text[i + 1] == ',')
			i++;
	}
	clean = utf8_clean(plain, n, IDENTITY_NAME_MAX);
	free(plain);
	if (!clean)
		return -ENOMEM;
	*out = clean;
	return 0;
}

/* *out becomes the uuid in s in lower case, or NULL if it is none (RFC 4122, section 3). */
static int set_uuid(char **out, struct span s)
{
	char *uuid;

	if (!s.text || s.len != UUID_LEN)
		return 0;
	for (size_t i = 0; i < UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s.text[i] != '-' : !isxdigit((unsigned char)s.text[i]))
			return 0;
	}
	uuid = malloc(UUID_LEN + 1);
	if (!uuid)
		return -ENOMEM;
	for (size_t i = 0; i < UUID_LEN; i++)
		uuid[i] = (char)tolower((unsigned char)s.text[i]);
	uuid[UUID_LEN] = '\0';
	free(*out);
	*out = uuid;
	return 0;
}

static bool ends_with(struct span s, const char *suffix)
{
	const size_t len = strlen(suffix);

	return s.len >= len && memcmp(s.text + s.len - len, suffix, len) == 0;
}

static bool is_any(struct span s, const char *const *words)
{
	while (*words && !span_is(s, *words))
		words++;
	return *words != NULL;
}

/*
 * Cloud Hypervisor's VMs have no name: their tools name the API socket after the VM
 * (/run/ch/web1.sock), or a directory around it (Kata: /run/vc/vm/<sandbox>/clh-api.sock).
 */
static struct span socket_name(struct span path)
{
	static const char *const suffixes[] = {".sock", ".socket", "-socket", "-api", NULL};
	static const char *const generic[] = {"api",	    "ch",  "clh",  "cloud-hypervisor",
					      "hypervisor", "vmm", "sock", "socket",
					      NULL};
	static const char *const places[] = {"", "tmp", "run", "lib", "var", NULL};
	struct span name = basename_of(path);
	struct span parent = {path.text, (size_t)(name.text - path.text)};

	for (const char *const *s = suffixes; *s; s++)
		if (name.len > strlen(*s) && ends_with(name, *s))
			name.len -= strlen(*s);
	if (!is_any(name, generic))
		return name;
	if (parent.len)
		parent.len--;
	parent = basename_of(parent);
	if (is_any(parent, places) || is_any(parent, generic))
		parent = (struct span){0};
	return parent;
}

static int parse_qemu(struct span rest, struct identity *id)
{
	struct span arg, value, name = {0}, uuid = {0}, smbios_uuid = {0};
	int err;

	while (next_argument(&rest, &arg)) {
		/* QEMU takes one dash as two. */
		if (starts_with(arg, "--")) {
			arg.text++;
			arg.len--;
		}
		if (span_is(arg, "-name") && next_argument(&rest, &value)) {
			list_value(value, "guest", true, &name);
		} else if (span_is(arg, "-uuid") && next_argument(&rest, &value)) {
			uuid = value;
		} else if (span_is(arg, "-smbios") && next_argument(&rest, &value)) {
			struct span type = {0};

			list_value(value, "type", false, &type);
			if (span_is(type, "1"))
				list_value(value, "uuid", false, &smbios_uuid);
		}
	}
	err = set_text(&id->name, name, true);
	if (!err)
		err = set_uuid(&id->uuid, smbios_uuid);
	return err ? err : set_uuid(&id->uuid, uuid);
}

static int parse_cloud_hypervisor(struct span rest, struct identity *id)
{
	struct span arg, value, path = {0}, uuid = {0};
	int err;

	while (next_argument(&rest, &arg)) {
		if (option(arg, "--api-socket", &rest, &value)) {
			path = (struct span){0};
			if (!starts_with(value, "fd="))
				list_value(value, "path", true, &path);
		} else if (option(arg, "--platform", &rest, &value)) {
			list_value(value, "uuid", false, &uuid);
		}
	}
	err = path.text ? set_text(&id->name, socket_name(path), false) : 0;
	return err ? err : set_uuid(&id->uuid, uuid);
}

static int parse_options(struct span rest, const char *name_option, struct identity *id)
{
	struct span arg, value;
	int err = 0;

	while (!err && next_argument(&rest, &arg)) {
		/* What follows is not the VMM's own: Firecracker under its jailer, init's
		 * arguments. */
		if (span_is(arg, "--"))
			break;
		if (option(arg, name_option, &rest, &value))
			err = set_text(&id->name, value, false);
		else if (option(arg, "--uuid", &rest, &value))
			err = set_uuid(&id->uuid, value);
	}
	return err;
}

int identity_parse(const char *cmdline, size_t len, struct identity *ret)
{
	struct span rest = {cmdline, len}, program;
	struct identity id = {0};
	int err;

	if (!next_argument(&rest, &program)) {
		*ret = id;
		return 0;
	}
	program = basename_of(program);
	err = set_text(&id.vmm, program, false);
	if (err)
		goto fail;
	if (starts_with(program, "qemu") || starts_with(program, "kvm-") || span_is(program, "kvm"))
		err = parse_qemu(rest, &id);
	else if (starts_with(program, "cloud-hypervisor"))
		err = parse_cloud_hypervisor(rest, &id);
	else if (starts_with(program, "firecracker"))
		err = parse_options(rest, "--id", &id);
	else
		err = parse_options(rest, "--name", &id);
	if (err)
		goto fail;
	*ret = id;
	return 0;
fail:
	identity_clear(&id);
	return err;
}
