"""The tree of projects, chapters and sections: view, model and delegate."""
