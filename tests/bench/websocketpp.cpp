/*
 * websocketpp over its own transport for programs that do their own I/O, "iostream": bytes are handed to it as they come, and
 * it hands out messages, and buffers to be written. What would cost more is left away: logging, and keys from a secure
 * generator. The locks of its usual configuration stay, our library has them too.
 */
#include "contestant.hpp"

#include <string>
#include <vector>

#include <websocketpp/client.hpp>
#include <websocketpp/config/core.hpp>
#include <websocketpp/config/core_client.hpp>
#include <websocketpp/server.hpp>

namespace
{

struct cheap_numbers {
    uint32_t operator()()
    {
        return state = state * 1664525u + 1013904223u;
    }

    uint32_t state = 1;
};

template <class Base> struct quiet : Base {
    typedef quiet<Base> type;
    typedef Base base;
    typedef cheap_numbers rng_type;
    static const websocketpp::log::level elog_level = websocketpp::log::elevel::none;
    static const websocketpp::log::level alog_level = websocketpp::log::alevel::none;
};

using server_config = quiet<websocketpp::config::core>;
using client_config = quiet<websocketpp::config::core_client>;
using server = websocketpp::server<server_config>;
using client = websocketpp::client<client_config>;

/* A connection of either side. */
template <class Endpoint> struct side {
    using connection = typename Endpoint::connection_type;

    explicit side()
    {
        endpoint.clear_access_channels(websocketpp::log::alevel::all);
        endpoint.clear_error_channels(websocketpp::log::elevel::all);
    }

    /* Before the first run, what the handshake writes is kept. */
    void use(const typename Endpoint::connection_ptr &made)
    {
        link = made;
        link->set_write_handler([this](websocketpp::connection_hdl, const char *bytes, std::size_t count) {
            take(bytes, count);
            return websocketpp::lib::error_code();
        });
        link->set_vector_write_handler(
            [this](websocketpp::connection_hdl, const std::vector<websocketpp::transport::buffer> &buffers) {
                for (const websocketpp::transport::buffer &buffer : buffers)
                    take(buffer.buf, buffer.len);
                return websocketpp::lib::error_code();
            });
        link->set_message_handler(
            [this](websocketpp::connection_hdl, typename Endpoint::message_ptr message) {
                const std::string &payload = message->get_payload();
                right = right && message->get_opcode() == wanted;
                run_take(run, reinterpret_cast<const uint8_t *>(payload.data()), payload.size());
                run->messages++;
            });
    }

    void take(const char *bytes, std::size_t count)
    {
        if (run)
            run_take(run, reinterpret_cast<const uint8_t *>(bytes), count);
        else
            written.append(bytes, count);
    }

    Endpoint endpoint;
    typename Endpoint::connection_ptr link;
    std::string written;
    struct run *run = nullptr;
    websocketpp::frame::opcode::value wanted = websocketpp::frame::opcode::binary;
    bool right = true; /* all messages had that type */
};

void begin(side<server> &self)
{
    self.use(self.endpoint.get_connection());
    self.link->start();
}

void shake_hands(side<server> &self)
{
    static const std::string request =
        "GET / HTTP/1.1\r\nHost: here\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    begin(self);
    self.link->read_all(request.data(), request.size());
}

/* A server answers. */
void shake_hands(side<client> &self)
{
    websocketpp::lib::error_code error;
    self.use(self.endpoint.get_connection("ws://here/", error));
    self.endpoint.connect(self.link);
    side<server> other;
    begin(other);
    other.link->read_all(self.written.data(), self.written.size());
    self.link->read_all(other.written.data(), other.written.size());
    other.link->eof();
}

/* What the job's functions see of a connection of either side. */
struct peer {
    virtual ~peer() = default;
    virtual bool receive(struct run *run) = 0;
    virtual bool send(struct run *run) = 0;

    const struct job *job = nullptr;
};

template <class Endpoint> struct peer_of : peer {
    explicit peer_of(const struct job *what)
        : network(static_cast<uint8_t *>(bench_allocate(what->size.chunk)))
    {
        job = what;
        if (job->workload->content != CONTENT_BINARY)
            self.wanted = websocketpp::frame::opcode::text;
        shake_hands(self);
        if (self.link->get_state() != websocketpp::session::state::open)
            bench_die("websocketpp opens no connection");
    }

    ~peer_of() override
    {
        self.link->eof();
        bench_free(network);
    }

    bool receive(struct run *run) override
    {
        self.run = run;
        while (run->messages < job->messages) {
            const std::size_t count = run_read(run, network, job->size.chunk);
            if (count == 0 || self.link->read_all(reinterpret_cast<const char *>(network), count) != count)
                return false;
        }
        return self.right;
    }

    bool send(struct run *run) override
    {
        self.run = run;
        for (; run->messages < job->messages; run->messages++)
            if (self.link->send(job->payload, job->size.payload, websocketpp::frame::opcode::binary))
                return false;
        return true;
    }

    side<Endpoint> self;
    uint8_t *network; /* what a read brought */
};

void *websocketpp_open(const struct job *job)
{
    if (job->workload->server)
        return static_cast<peer *>(new peer_of<server>(job));
    return static_cast<peer *>(new peer_of<client>(job));
}

bool websocketpp_run(void *self, struct run *run)
{
    peer *made = static_cast<peer *>(self);
    stopwatch_start(&run->watch);
    const bool fine = made->job->workload->receives ? made->receive(run) : made->send(run);
    stopwatch_stop(&run->watch);
    return fine;
}

void websocketpp_close(void *self)
{
    delete static_cast<peer *>(self);
}

} // namespace

extern "C" const struct contestant contestant_websocketpp = {
    "websocketpp", "websocketpp", false, websocketpp_open, websocketpp_run, websocketpp_close};
