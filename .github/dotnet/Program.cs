// .NET's HttpListener and ClientWebSocket talk to each other, and the program says which websocket.dll they did it with:
//
//     Program.exe [PATH]      with PATH, that websocket.dll is loaded before .NET looks for one
//
// It ends with 0 if every message came back. In C# 5, which the compiler of .NET Framework knows.
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

internal static class Program
{
    [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern IntPtr LoadLibraryW(string path);

    private static readonly CancellationToken Soon = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private static int Main(string[] arguments)
    {
        if (arguments.Length > 0 && LoadLibraryW(Path.GetFullPath(arguments[0])) == IntPtr.Zero)
            throw new FileNotFoundException("cannot be loaded: " + arguments[0]);
        Converse().Wait();
        foreach (ProcessModule module in Process.GetCurrentProcess().Modules)
            if (string.Equals(module.ModuleName, "websocket.dll", StringComparison.OrdinalIgnoreCase))
                Console.WriteLine("loaded: {0}", module.FileName);
        return 0;
    }

    private static async Task Converse()
    {
        string address = string.Format("localhost:{0}/", FreePort());
        using (var listener = new HttpListener())
        using (var client = new ClientWebSocket())
        {
            listener.Prefixes.Add("http://" + address);
            listener.Start();
            Task server = Serve(listener);
            Task talk = Talk(client, new Uri("ws://" + address));
            await await Task.WhenAny(server, talk); // where one fails, the other would wait for it
            await Task.WhenAll(server, talk);
        }
    }

    private static async Task Talk(ClientWebSocket client, Uri address)
    {
        client.Options.AddSubProtocol("echo");
        await client.ConnectAsync(address, Soon);
        Check(client.SubProtocol == "echo", "the subprotocol is agreed on");
        await Send(client, WebSocketMessageType.Text, Encoding.UTF8.GetBytes("Hello, \u0437\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439"), 1);
        await Send(client, WebSocketMessageType.Text, new byte[0], 1);
        await Send(client, WebSocketMessageType.Binary, Bytes(100000), 1);
        await Send(client, WebSocketMessageType.Binary, Bytes(100000), 7);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "thank you", Soon);
        Check(client.CloseStatus == WebSocketCloseStatus.NormalClosure, "close 1000 came back");
    }

    // Echoes what it gets, piece by piece, until it is asked to close.
    private static async Task Serve(HttpListener listener)
    {
        HttpListenerContext context = await listener.GetContextAsync();
        WebSocket socket = (await context.AcceptWebSocketAsync("echo")).WebSocket;
        var buffer = new ArraySegment<byte>(new byte[4096]);
        for (;;)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, Soon);
            if (result.MessageType == WebSocketMessageType.Close)
                break;
            var piece = new ArraySegment<byte>(buffer.Array, 0, result.Count);
            await socket.SendAsync(piece, result.MessageType, result.EndOfMessage, Soon);
        }
        Check(socket.CloseStatusDescription == "thank you", "the reason of the close arrived");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "you are welcome", Soon);
    }

    // Sends a message in pieces and waits for all of it.
    private static async Task Send(WebSocket client, WebSocketMessageType type, byte[] message, int pieces)
    {
        Task sent = SendPieces(client, type, message, pieces);
        var received = new MemoryStream();
        var buffer = new ArraySegment<byte>(new byte[1000]);
        WebSocketReceiveResult result;
        do
        {
            result = await client.ReceiveAsync(buffer, Soon);
            received.Write(buffer.Array, 0, result.Count);
        } while (!result.EndOfMessage);
        await sent;
        Check(result.MessageType == type && Convert.ToBase64String(received.ToArray()) == Convert.ToBase64String(message),
            string.Format("{0}, {1} bytes in {2} piece(s), came back", type, message.Length, pieces));
    }

    private static async Task SendPieces(WebSocket client, WebSocketMessageType type, byte[] message, int pieces)
    {
        for (int i = 0; i < pieces; i++)
        {
            int begin = message.Length / pieces * i;
            int end = i + 1 == pieces ? message.Length : message.Length / pieces * (i + 1);
            await client.SendAsync(new ArraySegment<byte>(message, begin, end - begin), type, i + 1 == pieces, Soon);
        }
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    private static void Check(bool true_, string what)
    {
        if (!true_)
            throw new Exception("not so: " + what);
        Console.WriteLine(what);
    }
}
