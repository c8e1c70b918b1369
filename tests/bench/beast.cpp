/*
 * Boost.Beast, called synchronously over a stream that is the network of a run: a message is read into a flat buffer as its
 * documentation does it, and written whole. What would cost more is left away: compression, the splitting of what is sent into
 * frames, and keys from a secure generator.
 */
#include "contestant.hpp"

#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

namespace beast = boost::beast;
namespace net = boost::asio;
namespace websocket = beast::websocket;
using beast::error_code;

namespace
{

std::string answer_to(const std::string &request);

/* The network of a run; before the first one, what the handshake writes and reads. */
struct network {
    struct run *run = nullptr;
    std::string written, to_read;
    bool asks = false; /* what is written is a request, whose answer is read then */
};

class memory_stream
{
  public:
    using executor_type = net::io_context::executor_type;

    memory_stream(net::io_context &context, network &bytes) : context_(&context), network_(&bytes)
    {
    }

    executor_type get_executor() const
    {
        return context_->get_executor();
    }

    template <class Buffers> std::size_t read_some(const Buffers &buffers, error_code &error)
    {
        const net::mutable_buffer to = *net::buffer_sequence_begin(buffers);
        const std::size_t count = read(static_cast<uint8_t *>(to.data()), to.size());
        error = count > 0 ? error_code() : error_code(net::error::eof);
        return count;
    }

    template <class Buffers> std::size_t read_some(const Buffers &buffers)
    {
        error_code error;
        const std::size_t count = read_some(buffers, error);
        if (error)
            throw beast::system_error(error);
        return count;
    }

    template <class Buffers> std::size_t write_some(const Buffers &buffers, error_code &error)
    {
        std::size_t count = 0;
        const auto end = net::buffer_sequence_end(buffers);
        for (auto at = net::buffer_sequence_begin(buffers); at != end; ++at) {
            const net::const_buffer from = *at;
            write(static_cast<const uint8_t *>(from.data()), from.size());
            count += from.size();
        }
        error = {};
        return count;
    }

    template <class Buffers> std::size_t write_some(const Buffers &buffers)
    {
        error_code error;
        return write_some(buffers, error);
    }

  private:
    std::size_t read(uint8_t *to, std::size_t room)
    {
        if (network_->run)
            return run_read(network_->run, to, room);
        if (network_->asks && network_->to_read.empty())
            network_->to_read = answer_to(network_->written);
        const std::size_t count = network_->to_read.copy(reinterpret_cast<char *>(to), room);
        network_->to_read.erase(0, count);
        return count;
    }

    void write(const uint8_t *from, std::size_t count)
    {
        if (network_->run)
            run_take(network_->run, from, count);
        else
            network_->written.append(reinterpret_cast<const char *>(from), count);
    }

    net::io_context *context_;
    network *network_;
};

void teardown(beast::role_type, memory_stream &, error_code &error)
{
    error = {};
}

using session = websocket::stream<memory_stream, false>;

struct peer {
    explicit peer(const struct job *what) : job(what), stream(context, bytes)
    {
    }

    const struct job *job;
    net::io_context context;
    network bytes;
    session stream;
    beast::flat_buffer message;
};

std::string answer_to(const std::string &request)
{
    net::io_context context;
    network bytes;
    bytes.to_read = request;
    session server(context, bytes);
    server.accept();
    return bytes.written;
}

void *beast_open(const struct job *job)
{
    peer *made = new peer(job);
    made->stream.binary(job->workload->content == CONTENT_BINARY);
    made->stream.auto_fragment(false);
    made->stream.secure_prng(false);
    if (job->workload->server) {
        made->bytes.to_read =
            "GET / HTTP/1.1\r\nHost: here\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        made->stream.accept();
    } else {
        made->bytes.asks = true;
        if (!job->workload->receives)
            made->stream.write_buffer_bytes(job->size.chunk);
        made->stream.handshake("here", "/");
    }
    return made;
}

bool receive_one(peer &self, struct run *run)
{
    error_code error;
    self.stream.read(self.message, error);
    if (error || self.stream.got_binary() != (self.job->workload->content == CONTENT_BINARY))
        return false;
    run_take(run, static_cast<const uint8_t *>(self.message.data().data()), self.message.size());
    run->messages++;
    self.message.consume(self.message.size());
    return true;
}

bool send_one(peer &self, struct run *run)
{
    error_code error;
    self.stream.write(net::buffer(self.job->payload, self.job->size.payload), error);
    run->messages++;
    return !error;
}

bool beast_run(void *self, struct run *run)
{
    peer &made = *static_cast<peer *>(self);
    bool fine = true;
    made.bytes.run = run;
    stopwatch_start(&run->watch);
    while (fine && run->messages < made.job->messages)
        fine = made.job->workload->receives ? receive_one(made, run) : send_one(made, run);
    stopwatch_stop(&run->watch);
    return fine;
}

void beast_close(void *self)
{
    delete static_cast<peer *>(self);
}

} // namespace

extern "C" const struct contestant contestant_beast = {"beast",    "Boost.Beast", false,
                                                       beast_open, beast_run,     beast_close};
