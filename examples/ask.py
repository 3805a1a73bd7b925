"""Ask a folder of articles, and measure the answers."""

from pathlib import Path

from rag import Chatbot, Settings, evaluate, ingest

settings = Settings(index=Path("my-index"))
ingest([Path("articles")], settings)
chatbot = Chatbot.open(settings)
answer = chatbot.answer("Who is the harbour master of Kelverry?")
print(answer.text or answer.declined.message)
for source in answer.sources:
    print(f"[{source.number}] {source.header.title}: “{source.quoted}”")
print(evaluate(Path("questions.jsonl"), chatbot)["metrics"])
