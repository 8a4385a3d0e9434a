// Questions to this student's server. A refusal is an Error whose message is a sentence.
export class Server {
  constructor(ServerConnection, settings) {
    this.connection = ServerConnection;
    this.settings = settings;
  }

  // Answers when there is something else to say than under that number, or after a while.
  status(number) {
    return this.ask(`material?no_track_activity=1&since=${number}`);
  }

  look() {
    return this.tell('sync', {});
  }

  changes(course) {
    return this.ask(`changes?${new URLSearchParams({ course })}`);
  }

  startOver(course, path) {
    return this.tell('start-over', { course, path });
  }

  versions(course, path) {
    return this.ask(`versions?${new URLSearchParams({ course, path })}`);
  }

  restore(course, path, version) {
    return this.tell('restore', { course, path, version });
  }

  combine(course, path, base, mine) {
    return this.tell('combine', { course, path, base, mine });
  }

  ask(what) {
    return this.request(what, { method: 'GET' });
  }

  tell(what, words) {
    return this.request(what, { method: 'POST', body: JSON.stringify(words) });
  }

  async request(what, init) {
    const url = `${this.settings.baseUrl.replace(/\/$/, '')}/classhub/api/${what}`;
    const answer = await this.connection.makeRequest(url, init, this.settings);
    const words = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      const error = new Error(words.message || `Your server answers with ${answer.status}.`);
      error.status = answer.status;
      throw error;
    }
    return words;
  }
}
