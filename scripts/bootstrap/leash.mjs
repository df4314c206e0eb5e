// Loaded into every script before its own code: when the bootstrap that started it is gone without a word (killed),
// the script and all that it started are told to end.
import process from "node:process";

if (process.channel) {
  process.once("disconnect", () => {
    if (process.platform === "win32") process.kill(process.pid, "SIGTERM");
    else process.kill(-process.pid, "SIGTERM");
  });
  process.channel.unref();
}
