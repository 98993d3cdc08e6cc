/* keys list | rotate: the key file, without the database. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static const struct help help = {
    .usage = "tuoyu keys list [--data 目录 | --keys 文件]\n"
             "      tuoyu keys rotate [--data 目录 | --keys 文件]",
    .about = "list    列出密钥文件中各版本的主密钥和签名密钥（只显示版本和指纹，不显示密钥）。\n"
             "rotate  增加一个主密钥版本和一把签名密钥：此后新写入的加密信息、备份和日志签名使用新密钥，\n"
             "        旧的照常可读、可核验，旧密钥不删除。服务重启后生效。\n"
             "轮换后请立即重新备份密钥文件：用旧的密钥备份打不开此后的数据和备份。",
    .more = "例：tuoyu keys rotate --keys /etc/tuoyu/tuoyu.keys && systemctl restart tuoyu",
};

static enum status
print_signing(struct arena *arena, const char *pem, bool newest)
{
    char *open_half, hex[17];
    uint8_t hash[SM3_SIZE];
    if (sm2_public(pem, arena, &open_half) != OK || !sm3(open_half, strlen(open_half), hash))
        return BROKEN;
    hex_text(hash, 8, hex);
    printf("签名密钥  公钥指纹 %s%s\n", hex, newest ? "（在用）" : "");
    return OK;
}

static enum status
list(const char *path, struct arena *arena, struct buf *why)
{
    struct keys *keys;
    const char *pem;
    enum status status = keys_load(path, arena, &keys, why);
    if (status != OK)
        return status;
    printf("密钥文件  %s，指纹 %s\n", path, keys_fingerprint(keys));
    for (int version = keys_version(keys); version > 0; version--)
        if (keys_master(keys, version) != NULL)
            printf("主密钥    版本 %d%s\n", version, version == keys_version(keys) ? "（在用）" : "");
    for (int i = 0; status == OK && (pem = keys_signing_of(keys, i)) != NULL; i++)
        status = print_signing(arena, pem, i == 0);
    return status;
}

static enum status
rotate(const char *path, struct arena *arena, struct buf *why)
{
    struct keys *keys;
    enum status status = keys_rotate(path, why);
    if (status == OK)
        status = keys_load(path, arena, &keys, why);
    if (status == OK)
        printf("已增加主密钥版本 %d 和一把签名密钥。服务重启后生效；请立即重新备份密钥文件 %s\n", keys_version(keys),
               path);
    return status;
}

int
command_keys(int argc, char **argv)
{
    struct options options;
    struct buf why;
    if (!options_read(argc, argv, &options))
        return 2;
    const bool rotates = options.words_n == 1 && strcmp(options.words[0], "rotate") == 0;
    if (options.help || options.words_n != 1 || (!rotates && strcmp(options.words[0], "list") != 0))
        return help_show(&help, &options);
    struct arena *arena = arena_new(1u << 20);
    buf_init(&why, 4096);
    const char *path = arena == NULL ? NULL : options_keys(arena, &options);
    const enum status status = path == NULL ? NO_MEMORY : (rotates ? rotate : list)(path, arena, &why);
    if (status != OK)
        fprintf(stderr, "%s\n", why.n > 0 ? why.bytes : status_title(status));
    buf_free(&why);
    arena_free(arena);
    return status == OK ? 0 : 1;
}
