/* serve: HTTP, jobs, the day's turn — until SIGTERM or SIGINT, then a graceful stop. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cli/backup_timer.h"
#include "cli/command.h"
#include "desk/files.h"
#include "http/app.h"
#include "http/rate.h"
#include "http/replay.h"
#include "policy/job.h"
#include "policy/waker.h"
#include "policy/watch.h"

enum { INHERITED = 3, FOLLOW_MS = 3000 };
enum { MINUTE_MS = 60000, IDLE_BYTES = 32 << 20 };
enum { SYNC_MOST = 8u << 20, UPLOAD_MOST = 24u << 20, BODY_MOST = 2u << 20 };

struct service {
    struct app app;
    struct house *house;
    atomic_bool stopping;
};

static size_t
body_limit(void *arg, const char *method, const char *path)
{
    (void)arg;
    if (method[0] != 'P')
        return 0;
    return strcmp(path, "/login") == 0 ? 4096
           : strncmp(path, "/evidence", 9) == 0 || strncmp(path, "/paper", 6) == 0 || strstr(path, "/import") != NULL ||
                   strncmp(path, "/site_visit", 11) == 0
               ? UPLOAD_MOST
           : strcmp(path, "/sync") == 0 ? SYNC_MOST
                                        : BODY_MOST;
}

static void
note_access(void *arg, const struct http_request *request, int code, size_t bytes, int64_t microseconds)
{
    const struct app *app = arg;
    char numbers[3][24];
    snprintf(numbers[0], 24, "%d", code);
    snprintf(numbers[1], 24, "%zu", bytes);
    snprintf(numbers[2], 24, "%lld", (long long)microseconds);
    log_line(app->access_log, request->now_ms, LOG_NOTE, "request", "method", request->method, "path", request->path,
             "code", numbers[0], "bytes", numbers[1], "us", numbers[2], "address", request->remote, NULL);
}

static int64_t
monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Several processes may serve one PostgreSQL: what another has changed in the reference data (a switched-off endpoint
 * above all) is in force here within this time. */
static void
follow_others(struct house *house, int64_t now, int64_t *last)
{
    if (store_engine(house->store) != ENGINE_POSTGRES || now - *last < FOLLOW_MS)
        return;
    *last = now;
    reference_load(house);
}

/* A thousand requests at once leave their memory with the threads that held it, where the next quiet hour does not
 * need it: once a minute, what is much goes back to the system. */
static void
give_back(int64_t now, int64_t *last)
{
    if (now - *last < MINUTE_MS)
        return;
    *last = now;
    if (mallinfo2().fordblks > IDLE_BYTES)
        malloc_trim(0);
}

/* Jobs, and the turn of the day: due jobs, reminders, sealing, signed heads. */
static void *
work(void *arg)
{
    struct service *service = arg;
    uint64_t seen = 0;
    struct day day = { 0 };
    int64_t followed = monotonic_ms(), given_back = followed;
    int64_t minute = 0;
    while (!atomic_load(&service->stopping)) {
        int ran = 0;
        const int64_t now = clock_now();
        jobs_run(service->house, now, 100, &ran);
        watch_seal(service->house, now);
        follow_others(service->house, monotonic_ms(), &followed);
        give_back(monotonic_ms(), &given_back);
        if (day_from_ms(now).n != day.n && watch_day(service->house, now) == OK)
            day = day_from_ms(now);
        if (now / MINUTE_MS != minute && watch_minute(service->house, now) == OK)
            minute = now / MINUTE_MS;
        seen = waker_wait(service->house->waker, seen, 1000);
    }
    return NULL;
}

/* Event streams carry no data: "look again". */
static void *
tell(void *arg)
{
    struct service *service = arg;
    uint64_t seen = 0;
    const struct timespec pause = { .tv_nsec = 300000000 };
    while (!atomic_load(&service->stopping)) {
        const uint64_t now = waker_wait(service->house->waker, seen, 1000);
        if (now != seen)
            http_broadcast(service->app.server, "event: notices\ndata: look\n\n");
        seen = now;
        nanosleep(&pause, NULL);
    }
    return NULL;
}

static char *
read_text(const char *path)
{
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    char *text = file == NULL ? NULL : calloc(1, 65536);
    if (text != NULL && fread(text, 1, 65535, file) == 0) {
        free(text);
        text = NULL;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

/* The socket that a supervisor opened for this process (sd_listen_fds): descriptor 3, or 0. What the program starts
 * must not hold it open. */
static int
inherited_socket(void)
{
    const char *n = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
    if (n == NULL || strcmp(n, "1") != 0 || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
        return 0;
    const int flags = fcntl(INHERITED, F_GETFL);
    const bool good = flags >= 0 && fcntl(INHERITED, F_SETFL, flags | O_NONBLOCK) == 0;
    return good && fcntl(INHERITED, F_SETFD, FD_CLOEXEC) == 0 ? INHERITED : 0;
}

static bool
is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 || strcmp(address, "localhost") == 0;
}

/* Where it will really listen: an inherited socket was bound by somebody else. */
static bool
listens_on_loopback(const struct options *options)
{
    struct sockaddr_storage address = { 0 };
    char text[INET6_ADDRSTRLEN] = "";
    socklen_t n = sizeof address;
    const int fd = inherited_socket();
    if (fd == 0)
        return is_loopback(options->address);
    if (getsockname(fd, (struct sockaddr *)&address, &n) != 0)
        return false;
    if (address.ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)&address)->sin_addr, text, sizeof text);
    else if (address.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)&address)->sin6_addr, text, sizeof text);
    return is_loopback(text);
}

static int
run(struct service *service, const struct options *options, const sigset_t *signals)
{
    struct app *app = &service->app;
    struct buf why;
    pthread_t worker, teller;
    int signal;
    buf_init(&why, 64 * 1024);
    char *certificate = read_text(options->certificate), *key = read_text(options->private_key);
    const struct http_config config = {
        .address = options->address,
        .port = options->port,
        .listen_fd = inherited_socket(),
        .threads = options->threads,
        .body_limit = body_limit,
        .certificate = certificate,
        .private_key = key,
        .proxy = options->proxy,
        .behind_tls = options->proxy != NULL,
        .now = clock_now,
        .access = note_access,
    };
    app->secure = certificate != NULL || options->proxy != NULL;
    enum status status = http_serve(&config, app_handle, app, &app->server, &why);
    if (status != OK) {
        fprintf(stderr, "启动失败：%s\n", why.bytes);
        buf_free(&why);
        return 1;
    }
    struct backup_timer *timer;
    status = backup_timer_start(service->house, options, &timer, &why);
    if (status != OK) {
        fprintf(stderr, "启动失败：%s\n", why.n > 0 ? why.bytes : status_title(status));
        http_stop(app->server);
        buf_free(&why);
        free(certificate);
        free(key);
        return 1;
    }
    pthread_create(&worker, NULL, work, service);
    pthread_create(&teller, NULL, tell, service);
    printf("服务已启动：http://%s:%d\n", options->address, http_port(app->server));
    fflush(stdout);
    sigwait(signals, &signal);
    atomic_store(&service->stopping, true);
    waker_wake(service->house->waker);
    pthread_join(teller, NULL); /* it speaks to the server: before that is gone */
    http_stop(app->server);
    backup_timer_stop(timer);
    pthread_join(worker, NULL);
    free(certificate);
    free(key);
    buf_free(&why);
    return 0;
}

static const struct help help = {
    .usage = "tuoyu serve [选项]",
    .about = "启动服务，收到 SIGTERM 或 SIGINT 后办完手头的请求再停止（退出码 0）。日志以 JSON 写到标准错误。\n"
             "数据目录须已用 tuoyu init 建立。/healthz 供探测，/metrics 供 Prometheus 采集。",
    .more = "  --address 地址     监听地址，默认 127.0.0.1（含演示数据时只能是本机地址）\n"
            "  --port 端口        默认 8080；0 为任选一个\n"
            "  --threads 数       处理请求的线程，默认 2\n"
            "  --certificate 证书 --key 私钥   以 HTTPS 服务（PEM）；前面有 nginx 时不需要\n"
            "  --proxy 地址       前面的 nginx 的地址（如 127.0.0.1）：从它取得访问者地址，并按 HTTPS 签发会话\n"
            "  --backup 目录      定时写出加密备份到该目录（本机数据库）\n"
            "  --backup-every 小时   间隔，默认 24\n"
            "  --backup-keep 个      保留最新的几个，默认 14\n"
            "  --backup-after 命令   每次备份后执行，如复制到异地；文件路径在环境变量 TUOYU_BACKUP 中\n"
            "  --develop 模板目录 每次请求重新读取模板，供开发\n"
            "由 systemd 传入套接字（LISTEN_FDS=1）时不再自行监听，重启时不丢请求。",
};

int
command_serve(int argc, char **argv)
{
    struct options options;
    struct service service = { 0 };
    struct buf errors;
    sigset_t signals;
    char files[4096];
    int result = 1;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 0)
        return help_show(&help, &options);
    /* before any thread is made: they all leave these to sigwait */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    service.house = house_open(&options, false);
    if (service.house == NULL)
        return 1;
    if (service.house->config.demo && !listens_on_loopback(&options)) {
        fprintf(stderr, "含演示数据，只能在本机地址（127.0.0.1）上运行\n");
        house_close(service.house);
        return 1;
    }
    buf_init(&errors, 64 * 1024);
    snprintf(files, sizeof files, "%s/files", options.data);
    service.house->log = log_open(STDERR_FILENO);
    service.app = (struct app){ .house = service.house, .now = clock_now, .develop = options.develop };
    service.app.access_log = service.house->log;
    service.app.files = files_open(files);
    service.house->files = service.app.files;
    service.app.workers = workers_new(2, 256);
    struct rate **const rates[] = { &service.app.sign_ins, &service.app.codes,     &service.app.pairings,
                                    &service.app.pick_ups, &service.app.strangers, &service.app.handed_in };
    bool limited = true;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        limited = (*rates[i] = rate_new()) != NULL && limited;
    service.app.replays = replay_new(clock_now());
    service.app.templates = options.develop != NULL
                                ? templates_from_folders(service.house->arena, options.develop)
                                : templates_load(service.house->arena, packed_templates, packed_templates_n, &errors);
    if (service.app.files == NULL || service.app.workers == NULL || !limited || service.app.replays == NULL ||
        service.app.templates == NULL)
        fprintf(stderr, "启动失败：%s\n", errors.n > 0 ? errors.bytes : "无法建立文件目录");
    else
        result = run(&service, &options, &signals);
    workers_stop(service.app.workers);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        rate_free(*rates[i]);
    replay_free(service.app.replays);
    files_close(service.app.files);
    buf_free(&errors);
    log_free(service.house->log);
    service.house->log = NULL;
    house_close(service.house);
    return result;
}
